using Trainctl.Checkpoints;

namespace Trainctl.Training.Publishing;

/// <summary>A checkpoint that was seen complete, through all that happens to it. Guarded by its <see cref="Backlog"/>.</summary>
internal sealed class TrackedCheckpoint(CheckpointUnit unit)
{
    private UnitVersion? _published;

    /// <summary>As it was last seen complete.</summary>
    public CheckpointUnit Unit { get; private set; } = unit;

    public UnitVersion Version { get; private set; } = new(unit);

    /// <summary>Whether the last look found it as <see cref="Unit"/> says.</summary>
    public bool IsAtSource { get; private set; } = true;

    /// <summary>Why the last look could not see what became of it; null when it could.</summary>
    public string? Unseen { get; private set; }

    /// <summary>Whether two looks, one after the other, found it the same.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Whether it was settled, and held where that is possible.</summary>
    public bool IsReady { get; set; }

    public HeldCheckpoint? Held { get; set; }

    public bool IsUnderWay { get; set; }

    public int Failures { get; set; }

    /// <summary>When it may be tried again, by a clock that nobody sets.</summary>
    public TimeSpan DueAt { get; set; }

    /// <summary>What the last attempt came to; null before the first.</summary>
    public PublishedUnit? Outcome { get; set; }

    /// <summary>Whether failing again is certain.</summary>
    public bool IsLasting { get; set; }

    public bool IsPublished => _published == Version;

    public bool IsPending => IsReady && !IsPublished && (Held is not null || IsAtSource);

    /// <summary>Whether it lives on only because it is held.</summary>
    public bool IsHeldOnly => Held is not null && !IsAtSource && !IsUnderWay && !IsPublished;

    public void Published(UnitVersion version) => _published = version;

    /// <param name="unseen">What stood in the way of the look; null when it is gone, or no longer what it was.</param>
    public void Missed(string? unseen) => (IsAtSource, IsSettled, Unseen) = (false, false, unseen);

    /// <param name="now">What a look found.</param>
    /// <param name="release">Told what is held for nothing any more.</param>
    public void See(CheckpointUnit now, Action<HeldCheckpoint> release)
    {
        var version = new UnitVersion(now);
        if (version.IsSameAs(Version) && now.State == CheckpointState.Complete)
        {
            (IsAtSource, IsSettled, Unseen) = (true, IsAtSource, null);
        }
        else if (version.IsRemainderOf(Version) || now.State != CheckpointState.Complete)
        {
            Missed(now.IsUnread ? now.StateReason : null);
        }
        else
        {
            Replace(now, version, release);
        }
    }

    /// <summary>Training wrote another checkpoint under the same name.</summary>
    private void Replace(CheckpointUnit now, UnitVersion version, Action<HeldCheckpoint> release)
    {
        if (!IsUnderWay && Held is { } held)
            release(held);
        (Unit, Version, Held, IsReady, Outcome, Failures, DueAt, IsLasting) = (now, version, null, false, null, 0, default, false);
        (IsAtSource, IsSettled, Unseen) = (true, false, null);
    }
}
