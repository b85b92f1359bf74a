-- The rows of the bench, the same in every run.

-- 10,000 rows: four digits, each from a table of ten.
CREATE TEMPORARY TABLE digit (d INT NOT NULL);
INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TEMPORARY TABLE ten AS SELECT d FROM digit;
CREATE TEMPORARY TABLE hundred AS SELECT d FROM digit;
CREATE TEMPORARY TABLE thousand AS SELECT d FROM digit;

INSERT INTO world (id, random_number)
SELECT number, 1 + number * 7919 % 10000
FROM (
    SELECT 1 + digit.d + 10 * ten.d + 100 * hundred.d + 1000 * thousand.d
        AS number
    FROM digit, ten, hundred, thousand
) numbers;

INSERT INTO fortune (id, message) VALUES
(1, 'A bench that nobody sweeps grows its own tools.'),
(2, 'Measure twice; the second figure is the one you did not want.'),
(3, 'The part you need is in the box you gave away.'),
(4, '<script>alert("This must be shown as text.");</script>'),
(5, 'Glue is patience that you can buy.'),
(6, 'A straight line is a curve that was asked politely.'),
(7, 'Whoever lends a chisel lends an edge.'),
(8, 'The last screw is the one that fits no other hole.'),
(9, '修理は急がず、道具は研いでから。'),
(10, 'Oil it, then wait, then pull; in this order & no other.'),
(11, 'A drawing is cheaper than wood, and wood than regret.'),
(12, 'If it rattles, it still has something to say.');
