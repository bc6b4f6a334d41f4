using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Watching;

namespace Trainctl;

/// <content>Looking at a location again and again.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>
    /// Says what is created, changed and deleted at a location, from now on, or since <see cref="WatchSettings.Since"/> or the last look that
    /// <see cref="WatchSettings.StateFile"/> remembers. Changes nothing there. Goes on until it is cancelled, or for one look with
    /// <see cref="WatchSettings.Once"/>.
    /// <para>An event is done with when the next one is asked for: only then is it recorded, so that a process that dies before sees it again.</para>
    /// <para>Cancellation is how a user stops it, and no error: the enumeration ends, with the state saved.</para>
    /// </summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    /// <exception cref="TrainctlException">
    /// With the first event asked for: a setting makes no sense, the state file is not one of this watch, or the first look failed. Later looks that fail are
    /// events. At the end: the state could not be saved.
    /// </exception>
    public IAsyncEnumerable<WatchEvent> WatchAsync(WatchSettings settings, CancellationToken cancellationToken = default) =>
        WatchOpenedAsync(settings, cancellationToken);

    private async IAsyncEnumerable<WatchEvent> WatchOpenedAsync(WatchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        await foreach (var seen in new WatchOperation(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false))
            yield return seen;
    }
}
