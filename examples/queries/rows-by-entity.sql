-- Which entities fill the database: rows of the states that are kept for some days.
-- The same for PostgreSQL and MariaDB.
SELECT m.entity_id, count(*) AS states
FROM states AS s
JOIN states_meta AS m ON m.metadata_id = s.metadata_id
GROUP BY m.entity_id
ORDER BY count(*) DESC
LIMIT 20;
