namespace Trainctl.Diagnostics;

/// <summary>
/// The one exception of the engine. Its message is a paragraph for a person: what failed, on which object, what the store said, what to try.
/// </summary>
#pragma warning disable CA1032 // Implement standard exception constructors: an error without a code must not be possible
public sealed class TrainctlException : Exception
#pragma warning restore CA1032
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">Which failure it is.</param>
    /// <param name="message">One paragraph without the code.</param>
    /// <param name="subject">The object, file or setting concerned, where there is one.</param>
    /// <param name="innerException">The cause, for logs; never shown to a user.</param>
    public TrainctlException(TrainctlError error, string message, string? subject = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        Subject = subject;
    }

    /// <summary>Which failure it is.</summary>
    public TrainctlError Error { get; }

    /// <summary>The object, file or setting concerned.</summary>
    public string? Subject { get; }

    /// <summary>The printed code, for example <c>TRAINCTL1001</c>.</summary>
    public string Code => ErrorCatalog.Code(Error);

    /// <summary>The exit code of a process that ends with this error.</summary>
    public int ExitCode => ErrorCatalog.ExitCode(Error);

    /// <summary>Code and message in one line, in the form that MSBuild and CI systems recognise.</summary>
    public string ToDisplayString() => $"error {Code}: {Reporting.VisibleText.Of(Message)}";
}
