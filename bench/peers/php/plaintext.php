<?php
/* The least page: what nginx, FastCGI and PHP cost. */
header('Content-Type: text/plain');
echo 'Hello, World!';
