<?php
/* The least page that is JSON. */
header('Content-Type: application/json');
echo json_encode(['message' => 'Hello, World!']);
