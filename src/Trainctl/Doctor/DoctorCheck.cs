using System.Text.Json.Serialization;

namespace Trainctl.Doctor;

/// <summary>One thing that was tried.</summary>
public sealed record DoctorCheck
{
    /// <summary>What was tried, in a word or two; stable.</summary>
    public required string Name { get; init; }

    /// <summary>How it ended.</summary>
    public required CheckResult Result { get; init; }

    /// <summary>Whether Trainctl cannot do its work without it.</summary>
    public required bool IsNeeded { get; init; }

    /// <summary>What was found, in a few words.</summary>
    public required string Finding { get; init; }

    /// <summary>What Trainctl does about it; null where that is nothing special.</summary>
    public string? Consequence { get; init; }

    /// <summary>TRAINCTL code of what went wrong.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What went wrong, one paragraph.</summary>
    public string? Error { get; init; }

    /// <summary>The exit code of what went wrong; 0 for nothing.</summary>
    internal int ExitCode { get; init; }
}

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckResult>))]
public enum CheckResult
{
    /// <summary>It works.</summary>
    Works,

    /// <summary>The store does not offer it.</summary>
    Unsupported,

    /// <summary>The credentials may not.</summary>
    Denied,

    /// <summary>It went wrong.</summary>
    Failed,

    /// <summary>Not tried, because of what was found before, or because nothing was to be written.</summary>
    NotTried,
}

/// <summary>Something that is known of a store.</summary>
/// <param name="Name">What, in a word or two; stable.</param>
/// <param name="Value">For a person.</param>
public sealed record DoctorFact(string Name, string Value);
