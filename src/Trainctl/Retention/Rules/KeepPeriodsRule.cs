using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Retention.Evaluation;

namespace Trainctl.Retention.Rules;

/// <summary>
/// Keeps the newest of each of the last hours, days or weeks that have one, in UTC, weeks as in ISO 8601 (restic/restic:
/// internal/data/snapshot_policy.go, ApplyPolicy). When all times are one, periods tell nothing apart, and everything is kept.
/// </summary>
internal sealed class KeepPeriodsRule(KeepRule rule, int count) : IRetentionRule
{
    public IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Keep(RunView run) => run.HasOneTime
        ? run.Complete.Select(u => (u, new KeepReason(rule, "all have one time, so no period can be told")))
        : Newest(run.Complete, static u => u.ModifiedAt, "newest")
            .Concat(run.HighestFirst is { } byStep ? Newest(byStep, run.LatestTime, "highest step") : []);

    private IEnumerable<(CheckpointUnit Unit, KeepReason Reason)> Newest(
        IReadOnlyList<CheckpointUnit> newestFirst, Func<CheckpointUnit, DateTimeOffset> timeOf, string what)
    {
        var periods = new HashSet<DateTime>();
        foreach (var unit in newestFirst)
        {
            var start = StartOf(timeOf(unit).UtcDateTime);
            if (periods.Contains(start))
                continue;
            if (periods.Count == count)
                yield break;
            periods.Add(start);
            yield return (unit, new KeepReason(rule, $"{what} of {Name(start)}"));
        }
    }

    private DateTime StartOf(DateTime time) => rule switch
    {
        KeepRule.KeepHourly => time.Date.AddHours(time.Hour),
        KeepRule.KeepDaily => time.Date,
        _ => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)),
    };

    private string Name(DateTime start) => rule switch
    {
        KeepRule.KeepHourly => start.ToString("'hour' yyyy-MM-dd HH'h'", CultureInfo.InvariantCulture),
        KeepRule.KeepDaily => start.ToString("'day' yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"week {ISOWeek.GetYear(start)}-W{ISOWeek.GetWeekOfYear(start):00}"),
    };
}
