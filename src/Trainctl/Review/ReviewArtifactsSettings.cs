using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Review;

/// <summary>Looks at what is at a location. Changes nothing there.</summary>
public sealed record ReviewArtifactsSettings
{
    /// <summary>A prefix or folder.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>Whether the report lists every object. Default false.</summary>
    public bool Detailed { get; init; }

    /// <summary>How many of the largest objects are named. Default 10; 0 names none.</summary>
    public int LargestCount { get; init; } = 10;

    /// <summary>
    /// Whether to compare the content of checkpoint and model files of equal size. Costs one head request for each candidate in a bucket, and reads the
    /// files of a folder. Default false: only what the listing tells is compared.
    /// </summary>
    public bool FindDuplicates { get; init; }

    /// <summary>A policy to try: the report says what it would remove. Null: none.</summary>
    public RetentionPolicy? Policy { get; init; }

    /// <summary>Gate: fails when all objects together, hidden versions and unfinished uploads among them, have more bytes. Null: no such gate.</summary>
    public long? MaxTotalBytes { get; init; }

    /// <summary>Gate: fails when the newest checkpoint of a run is not complete. Default false.</summary>
    public bool FailOnIncompleteNewest { get; init; }

    /// <summary>Gate: fails when a pointer names a checkpoint that is not here, or is broken. Default false.</summary>
    public bool FailOnDanglingPointer { get; init; }

    /// <summary>File to write the report to as one HTML page that needs nothing else. Null: no page.</summary>
    public string? HtmlFile { get; init; }

    /// <summary>
    /// The only layout of checkpoints to look for, by the name that reports show, for example <c>lightning</c>. Null: all of them. What has another layout is
    /// then unknown, and never deleted.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>What checkpoints look like where no layout knows them; it is asked before all layouts. Null: there are only known ones.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
