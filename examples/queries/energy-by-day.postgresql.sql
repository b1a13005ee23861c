-- kWh drawn by day in Paris, from the hours that Home Assistant's recorder keeps for ever.
SELECT day, round((max(total) - min(before))::numeric, 2) AS kwh
FROM (
  SELECT
    (to_timestamp(s.start_ts) AT TIME ZONE 'Europe/Paris')::date AS day,
    s.sum AS total,
    lag(s.sum, 1, s.sum) OVER (ORDER BY s.start_ts) AS before
  FROM statistics AS s
  JOIN statistics_meta AS m ON m.id = s.metadata_id
  WHERE m.statistic_id = 'sensor.linky_1234_energy_drawn'
) AS hours
GROUP BY day
ORDER BY day;
