<?php
/*
 * Rows of the table `world`, read one by one with a statement that is prepared
 * once a request, over a persistent mysqli connection; see db-mysqli.php.
 */

/* ?queries=: from 1 to 500, and 1 for whatever is no number. */
function wanted_rows(): int
{
    return max(1, min(500, (int) ($_GET['queries'] ?? 1)));
}

function read_worlds(mysqli $db, int $count): array
{
    $statement = $db->prepare(
        'SELECT id, random_number FROM world WHERE id = ?'
    );
    $statement->bind_param('i', $id);
    $statement->bind_result($key, $number);
    $worlds = [];
    for ($i = 0; $i < $count; $i++) {
        $id = mt_rand(1, 10000);
        $statement->execute();
        $statement->store_result();
        $statement->fetch();
        $worlds[] = ['id' => $key, 'randomNumber' => $number];
        $statement->free_result();
    }
    return $worlds;
}
