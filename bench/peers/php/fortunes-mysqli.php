<?php
/* The same over a persistent mysqli connection; see db-mysqli.php. */
$db = new mysqli('p:localhost', null, null, 'bench');
$rows = $db->query('SELECT id, message FROM fortune LIMIT 100')->fetch_all();
$fortunes = array_column($rows, 1, 0);
require 'fortunes-page.php';
