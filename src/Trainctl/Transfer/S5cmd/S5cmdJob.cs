using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>One object in the hands of s5cmd. Disposing removes what is left of it here.</summary>
internal abstract class S5cmdJob(TransferItem item) : IDisposable
{
    public TransferItem Item => item;

    /// <summary>The destination as it stands in the command, unquoted: what s5cmd's answers name the job by.</summary>
    public abstract string Destination { get; }

    /// <summary>What is remembered of it, should this process die: what names all that could be left.</summary>
    public abstract string Trace { get; }

    /// <summary>Does what has to be done before, and gives the line for s5cmd.</summary>
    /// <returns>Null when it turns out that s5cmd should not do it.</returns>
    /// <exception cref="Diagnostics.TrainctlException">It cannot be done; the built-in backend will find out why.</exception>
    public abstract Task<string?> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Proves that the object is there, bit for bit, after s5cmd says so.</summary>
    /// <exception cref="UnprovenException">It is not, or that cannot be told.</exception>
    /// <exception cref="Diagnostics.TrainctlException">The proof could not be made.</exception>
    public abstract Task<TransferResult> ProveAsync(CancellationToken cancellationToken);

    public void Dispose() => CleanUp();

    /// <summary>Removes what is left of the object here, unless it is done.</summary>
    protected virtual void CleanUp()
    {
    }

    /// <summary>The URL of a key as s5cmd reads it.</summary>
    protected static string UrlOf(ObjectUrl root, IForeignAccess bucket, string key) => $"s3://{root.Bucket}/{bucket.FullKey(key)}";
}

/// <summary>An object that s5cmd called done, and that is not proven to be. Ends with the built-in backend doing it again.</summary>
/// <param name="message">What is wrong, as half a sentence about the object.</param>
/// <param name="isTelling">Whether the store has shown that it never gives a proof, so that s5cmd need not be asked for the next object.</param>
/// <param name="leftBy">Why it is still there, although its metadata would have it believed; null when it is not.</param>
internal sealed class UnprovenException(string message, bool isTelling = false, Diagnostics.TrainctlException? leftBy = null) : Exception(message, leftBy)
{
    public bool IsTelling => isTelling;

    public Diagnostics.TrainctlException? LeftBy => leftBy;
}
