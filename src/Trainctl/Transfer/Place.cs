namespace Trainctl.Transfer;

/// <summary>A place among those that are let do something at once. Disposing gives it back; the default one is none.</summary>
internal readonly struct Place : IDisposable
{
    private readonly SemaphoreSlim? _places;

    private Place(SemaphoreSlim places) => _places = places;

    public static async ValueTask<Place> TakeAsync(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(places);
    }

    public void Dispose() => _places?.Release();
}
