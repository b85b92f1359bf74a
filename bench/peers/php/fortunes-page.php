<?php
/* The page of the fortunes: $fortunes are messages by their ids. */
$fortunes[0] = 'Added while the page is made.';
asort($fortunes);
header('Content-Type: text/html; charset=utf-8');
?>
<!DOCTYPE html>
<html>
<head><title>Fortunes</title></head>
<body>
<table>
<tr><th>id</th><th>message</th></tr>
<?php foreach ($fortunes as $id => $message): ?>
<tr><td><?= $id ?></td><td><?= htmlspecialchars($message, ENT_QUOTES, 'UTF-8') ?></td></tr>
<?php endforeach ?>
</table>
</body>
</html>
