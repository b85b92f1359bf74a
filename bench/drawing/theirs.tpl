{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="en">
<head><title>{{TITLE}}</title></head>
<body>
<h1><a href="/posts/{{ID}}">{{TITLE}}</a></h1>
<ol class="comments">
{{#COMMENT}}<li id="comment-{{ID}}">
<p class="by"><bdi class="who">{{AUTHOR}}</bdi> <a href="#comment-{{ID}}">{{CREATED}}</a></p>
<p class="words">{{TEXT}}</p>
</li>
{{/COMMENT}}</ol>
</body>
</html>
