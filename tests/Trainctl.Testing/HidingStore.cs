using System.Runtime.CompilerServices;
using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>A store of which a folder cannot be listed, or of a folder a file cannot be looked at. What is asked for by name is found.</summary>
public sealed class HidingStore(IObjectStore inner) : ForwardingStore(inner)
{
    /// <summary>What is hidden, with all below it; null for nothing.</summary>
    public string? Hidden { get; set; }

    /// <summary>Called before a listing begins.</summary>
    public Action? OnListing { get; set; }

    public ListingProblemKind Kind { get; set; } = ListingProblemKind.UnreadableFolder;

    public override async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        OnListing?.Invoke();
        if (Hidden is { } hidden && (hidden.StartsWith(request.Prefix, StringComparison.Ordinal) || request.Prefix.StartsWith(hidden + "/", StringComparison.Ordinal)))
            request.OnProblem?.Invoke(new ListingProblem(hidden, Kind, $"'{hidden}' could not be read."));
        await foreach (var found in Inner.ListAsync(request, cancellationToken))
        {
            if (Hidden is null || (found.Key != Hidden && !found.Key.StartsWith(Hidden + "/", StringComparison.Ordinal)))
                yield return found;
        }
    }
}
