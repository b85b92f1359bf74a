<?php
/* One row by its primary key; see connect.php. */
require 'connect.php';

$statement = connect()->prepare(
    'SELECT id, random_number FROM world WHERE id = ?'
);
$statement->execute([mt_rand(1, 10000)]);
$row = $statement->fetch(PDO::FETCH_NUM);
header('Content-Type: application/json');
echo json_encode(['id' => $row[0], 'randomNumber' => $row[1]]);
