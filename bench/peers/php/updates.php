<?php
/*
 * Several rows, read and then changed in one transaction, in the order of
 * their keys, so that no two requests deadlock; see world.php.
 */
require 'world.php';

$db = new mysqli('p:localhost', null, null, 'bench');
$worlds = read_worlds($db, wanted_rows());
sort($worlds);
$statement = $db->prepare('UPDATE world SET random_number = ? WHERE id = ?');
$statement->bind_param('ii', $number, $id);
$db->begin_transaction();
foreach ($worlds as &$world) {
    $id = $world['id'];
    $number = $world['randomNumber'] = mt_rand(1, 10000);
    $statement->execute();
}
$db->commit();
header('Content-Type: application/json');
echo json_encode($worlds);
