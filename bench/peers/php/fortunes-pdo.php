<?php
/* A dozen rows and one more, sorted and escaped; see connect.php. */
require 'connect.php';

$fortunes = connect()->query('SELECT id, message FROM fortune LIMIT 100')
    ->fetchAll(PDO::FETCH_KEY_PAIR);
require 'fortunes-page.php';
