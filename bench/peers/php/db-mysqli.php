<?php
/*
 * One row by its primary key over a persistent mysqli connection, which is
 * the bar's peer. User, password and socket are the defaults of php.ini.
 * mysqli resets a persistent connection before each use, and a statement
 * that was prepared does not outlive the request.
 */
$db = new mysqli('p:localhost', null, null, 'bench');
$statement = $db->prepare('SELECT id, random_number FROM world WHERE id = ?');
$id = mt_rand(1, 10000);
$statement->bind_param('i', $id);
$statement->execute();
$row = $statement->get_result()->fetch_row();
header('Content-Type: application/json');
echo json_encode(['id' => $row[0], 'randomNumber' => $row[1]]);
