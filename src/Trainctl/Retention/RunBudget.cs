namespace Trainctl.Retention;

/// <summary>A run whose complete checkpoints need more than <see cref="RetentionPolicy.MaxTotalSize"/> although nothing more may be removed.</summary>
/// <param name="Run">The run.</param>
/// <param name="Layout">Its checkpoints' layout.</param>
/// <param name="BytesOver">How much they need beyond the limit, in bytes.</param>
public sealed record RunBudget(string Run, string Layout, long BytesOver);
