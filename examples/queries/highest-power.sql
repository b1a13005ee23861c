-- The ten hours with the highest power, in VA. The same for PostgreSQL and MariaDB.
SELECT s.start_ts, s.max AS highest_va, s.mean AS mean_va
FROM statistics AS s
JOIN statistics_meta AS m ON m.id = s.metadata_id
WHERE m.statistic_id = 'sensor.linky_1234_apparent_power'
ORDER BY s.max DESC
LIMIT 10;
