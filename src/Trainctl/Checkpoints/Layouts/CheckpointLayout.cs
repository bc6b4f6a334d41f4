using System.Collections.ObjectModel;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// What one framework's checkpoints look like. A layout recognises them in a folder, judges whether one is complete, and reads the pointers that
/// its framework leaves beside them. Layouts know nothing of each other: a new family is a new class and a line in <see cref="LayoutTable"/>.
/// </summary>
internal abstract class CheckpointLayout
{
    /// <summary>Short name for reports and manifests; never changes.</summary>
    public abstract string Name { get; }

    /// <summary>Claims the checkpoints and pointers that lie directly in one folder. What is not surely a checkpoint stays unclaimed, and so safe.</summary>
    public abstract void Recognise(CatalogFolder folder, ClaimList claims);

    /// <summary>Judges a checkpoint by its content. A failure to read is thrown and not judged.</summary>
    public abstract Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken);

    /// <summary>Reads a pointer that this layout claimed.</summary>
    public virtual Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken) =>
        Task.FromResult(new PointerReading());

    /// <summary>Whether a file with this name would decide what may be deleted, if it could only be read.</summary>
    public virtual bool IsPointerName(string fileName) => false;
}

/// <summary>What a layout found out about a checkpoint's content.</summary>
internal sealed record Judgement
{
    /// <summary>Why it is not complete, as a sentence's end; null when it is.</summary>
    public string? Problem { get; init; }

    /// <summary>Why it must not be deleted whatever the policy says, for example because it is something else than its name says; null otherwise.</summary>
    public string? Untouchable { get; init; }

    public double? Epoch { get; init; }

    /// <summary>A value that was recorded and is no finite number is NaN.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Checkpoints of the same run that this one names. Only the newest complete checkpoint of a run is believed.</summary>
    public IReadOnlyList<PointedName> Names { get; init; } = [];

    /// <summary>Key of the object that <see cref="Names"/> stand in.</summary>
    public string NamesKey { get; init; } = "";

    public static Judgement Incomplete(string problem) => new() { Problem = problem };
}

/// <summary>A checkpoint as a pointer names it.</summary>
/// <param name="Kind">What is said about it.</param>
/// <param name="Name">The target's path below the folder of the pointer or of the run. What is below that path is meant too.</param>
/// <param name="Text">What stands there.</param>
internal sealed record PointedName(PointerKind Kind, string Name, string Text);

/// <summary>What a pointer file says.</summary>
internal sealed record PointerReading
{
    public IReadOnlyList<PointedName> Names { get; init; } = [];

    /// <summary>Why the file is not whole; null when it is.</summary>
    public string? Problem { get; init; }
}
