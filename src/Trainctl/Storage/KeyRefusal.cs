using Trainctl.Diagnostics;

namespace Trainctl.Storage;

/// <summary>A key that a store refuses, as the error that a write of it would be.</summary>
internal static class KeyRefusal
{
    /// <summary>Null when the key can be written. Looks at the store as it is now.</summary>
    public static TrainctlException? Of(IObjectStore store, string key) => store.RefusalOf(key) is { } reason ? For(store, key, reason) : null;

    public static TrainctlException For(IObjectStore store, string key, string reason) =>
        new(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{store.Root}': {reason}.", key);
}
