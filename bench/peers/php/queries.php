<?php
/* Several rows, each by a question of its own; see world.php. */
require 'world.php';

$db = new mysqli('p:localhost', null, null, 'bench');
header('Content-Type: application/json');
echo json_encode(read_worlds($db, wanted_rows()));
