-- kWh drawn by day in Paris, from the hours that Home Assistant's recorder keeps for ever.
-- Where the server has no time zone tables, days are those of its own zone.
SELECT day, round(max(total) - min(earlier), 2) AS kwh
FROM (
  SELECT
    date(coalesce(
      convert_tz(from_unixtime(s.start_ts), @@session.time_zone, 'Europe/Paris'),
      from_unixtime(s.start_ts)
    )) AS day,
    s.sum AS total,
    lag(s.sum, 1) OVER (ORDER BY s.start_ts) AS earlier
  FROM statistics AS s
  JOIN statistics_meta AS m ON m.id = s.metadata_id
  WHERE m.statistic_id = 'sensor.linky_1234_energy_drawn'
) AS hours
GROUP BY day
ORDER BY day;
