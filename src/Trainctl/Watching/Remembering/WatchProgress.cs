using Trainctl.Diagnostics;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Remembering;

/// <summary>
/// What has been seen, and up to which key its changes have been dealt with. Saved after each change for as long as a small part of the time goes into it;
/// otherwise after the last one.
/// </summary>
internal sealed class WatchProgress(WatchStateFile? file, TimeProvider time)
{
    /// <summary>How many times as long as the last save took nothing is saved.</summary>
    private const int Thrift = 10;

    private IEnumerable<WatchEntry>? _before;
    private IEnumerable<WatchEntry>? _after;
    private string? _doneUpTo;
    private bool _isDirty;
    private long _savedAt;
    private TimeSpan _saveTook;

    /// <summary>Whether an earlier look is known, by this watch or by the file.</summary>
    public bool HasLooked => _before is not null;

    /// <summary>What the last look found; empty when there was none.</summary>
    public IEnumerable<WatchEntry> Before => _before ?? [];

    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _before = file is null ? null : await file.ReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Begins with what is not to be reported.</summary>
    public void SetBaseline(IEnumerable<WatchEntry> entries) => (_before, _isDirty) = (entries, true);

    /// <summary>What a look changed; each change is to be marked as done.</summary>
    public IEnumerable<WatchChange> Changes(IEnumerable<WatchEntry> entries)
    {
        (_after, _doneUpTo) = (entries, null);
        return WatchDiffer.Diff(Before, entries);
    }

    public void Done(WatchChange change) => (_doneUpTo, _isDirty) = (change.Entry.Key, true);

    /// <summary>All changes of a look are done.</summary>
    public void EndLook() => (_before, _after) = (_after, null);

    /// <summary>Saves when there is something to save and it is time; answers why it could not be done, null when it could.</summary>
    public async Task<TrainctlException?> TrySaveAsync()
    {
        if (time.GetElapsedTime(_savedAt) < _saveTook * Thrift)
            return null;
        try
        {
            await SaveAsync().ConfigureAwait(false);
            return null;
        }
        catch (TrainctlException exception)
        {
            return exception;
        }
    }

    /// <summary>Saves when there is something to save. Takes no token: a stop that was asked for is when it matters most.</summary>
    public async Task SaveAsync()
    {
        if (file is null || !_isDirty)
            return;
        var start = time.GetTimestamp();
        var entries = _after is null ? Before : WatchDiffer.Between(Before, _after, _doneUpTo);
        try
        {
            await file.WriteAsync(entries, CancellationToken.None).ConfigureAwait(false);
            _isDirty = false;
        }
        finally
        {
            _savedAt = time.GetTimestamp();
            _saveTook = time.GetElapsedTime(start, _savedAt);
        }
    }
}
