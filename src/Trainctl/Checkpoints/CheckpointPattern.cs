namespace Trainctl.Checkpoints;

/// <summary>
/// Tells which files are checkpoints, where no known layout does. All files whose keys have the same matched text make up one checkpoint: an expression that
/// ends with <c>$</c> takes single files, one that ends after a folder's name takes the whole folder.
/// <code>new CheckpointPattern(@"^(?&lt;run&gt;[^/]+)/snap-(?&lt;step&gt;\d+)/") { Marker = "DONE" }</code>
/// </summary>
/// <param name="Expression">
/// A .NET regular expression, matched against the key relative to the location, with <c>/</c> between segments. Its named groups may be <c>run</c>,
/// <c>step</c> and <c>epoch</c> (whole numbers, by which checkpoints are ordered; by time where there is neither) and <c>metric</c> (a number). Without a
/// <c>run</c>, checkpoints whose matched texts differ only in their numbers are one run.
/// </param>
public sealed record CheckpointPattern(string Expression)
{
    /// <summary>
    /// Name of the file that is written last. A checkpoint without it is not complete. It lies in the checkpoint's folder; where the checkpoint is a file,
    /// this is what is added to its name. Null: there is no such file.
    /// </summary>
    public string? Marker { get; init; }

    /// <summary>
    /// A checkpoint with a file that changed a shorter time ago is taken for one that is still being written. Default: 1 minute. Only the store's time counts,
    /// so clocks must agree by that much.
    /// </summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An expression alone.</summary>
    public static implicit operator CheckpointPattern(string expression) => new(expression);
}
