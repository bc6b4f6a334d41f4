using System.Runtime.ExceptionServices;

namespace Trainctl.Transfer.Scheduling;

/// <summary>
/// Works through a stream: looks ahead as far as a window allows while work is under way, and begins with the largest in it. Small and large objects have
/// places of their own, so that neither waits for the other. Places are shared by all streams that are worked through at the same time.
/// </summary>
/// <param name="small">For objects that are in memory whole.</param>
/// <param name="smallBytes">For the bytes of these.</param>
/// <param name="large">For the others.</param>
/// <param name="time">Measures work; null for the system's clock.</param>
internal sealed class Scheduler(Places small, Places smallBytes, Places large, TimeProvider? time = null)
{
    /// <summary>How far it looks ahead, in objects.</summary>
    public const int Window = 1024;

    /// <summary>Ends when all work has ended, also after the first failure, which ends the others and is thrown.</summary>
    /// <param name="items">The stream; its own exceptions end the work too.</param>
    /// <param name="sizeOf">In bytes.</param>
    /// <param name="isLarge">By size.</param>
    /// <param name="work">Done for each item, on any thread; an async method, so that it throws into its task. Tells how many bytes it moved.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RunAsync<T>(
        IAsyncEnumerable<T> items, Func<T, long> sizeOf, Func<long, bool> isLarge, Func<T, CancellationToken, Task<long>> work, CancellationToken cancellationToken)
    {
        using var run = new Run<T>([new Lane(small, smallBytes), new Lane(large, null)], sizeOf, isLarge, work, time ?? TimeProvider.System, cancellationToken);
        await run.RunAsync(items).ConfigureAwait(false);
    }

    private sealed class Run<T>(
        Lane[] lanes, Func<T, long> sizeOf, Func<long, bool> isLarge, Func<T, CancellationToken, Task<long>> work, TimeProvider time, CancellationToken caller) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(caller);
        private readonly LookAhead<T> _ahead = new(Window, lanes.Length);
        private readonly TaskCompletionSource _allDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ExceptionDispatchInfo? _failure;
        private int _underWay = 1;

        public async Task RunAsync(IAsyncEnumerable<T> items)
        {
            // A listing of a disk may never wait, and what is listed is to be moved meanwhile.
            var listing = Task.Run(() => GuardAsync(LookAheadAsync(items)), CancellationToken.None);
            await Task.WhenAll([listing, .. Enumerable.Range(0, lanes.Length).Select(lane => GuardAsync(DispatchAsync(lane)))]).ConfigureAwait(false);
            OneDone();
            await _allDone.Task.ConfigureAwait(false);
            if (_failure?.SourceException is OperationCanceledException)
                caller.ThrowIfCancellationRequested();
            _failure?.Throw();
        }

        public void Dispose()
        {
            _stop.Dispose();
            _ahead.Dispose();
        }

        private async Task LookAheadAsync(IAsyncEnumerable<T> items)
        {
            await foreach (var item in items.WithCancellation(_stop.Token).ConfigureAwait(false))
            {
                var size = sizeOf(item);
                await _ahead.AddAsync(item, size, isLarge(size) ? 1 : 0, _stop.Token).ConfigureAwait(false);
            }

            _ahead.End();
        }

        private async Task DispatchAsync(int lane)
        {
            while (true)
            {
                var isEmpty = _ahead.IsEmpty(lane);
                if (!await _ahead.WaitAsync(lane, _stop.Token).ConfigureAwait(false))
                    return;
                if (isEmpty)
                    lanes[lane].Places.Idled();
                await lanes[lane].Places.EnterAsync(_stop.Token).ConfigureAwait(false);
                // By now there may be a larger one than the one that was waited for.
                var item = _ahead.Take(lane);
                Interlocked.Increment(ref _underWay);
                _ = Task.Run(() => WorkAsync(item, lanes[lane]), CancellationToken.None);
            }
        }

        private async Task WorkAsync(T item, Lane lane)
        {
            var size = sizeOf(item);
            var hasRoom = lane.Bytes is null || await GuardAsync(lane.Bytes.EnterAsync(size, _stop.Token)).ConfigureAwait(false);
            var start = time.GetTimestamp();
            var moved = 0L;
            if (hasRoom)
            {
                var working = work(item, _stop.Token);
                if (await GuardAsync(working).ConfigureAwait(false))
                    moved = await working.ConfigureAwait(false);
                lane.Bytes?.Release(size);
            }

            lane.Places.Leave(moved, time.GetElapsedTime(start));
            OneDone();
        }

        /// <returns>Whether it ended well.</returns>
        private async Task<bool> GuardAsync(Task part)
        {
            try
            {
                await part.ConfigureAwait(false);
                return true;
            }
#pragma warning disable CA1031 // Do not catch general exception types: the first one is thrown when all has ended
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null) is null)
                    await _stop.CancelAsync().ConfigureAwait(false);
                return false;
            }
        }

        private void OneDone()
        {
            if (Interlocked.Decrement(ref _underWay) == 0)
                _allDone.SetResult();
        }
    }

    /// <param name="Places">For objects.</param>
    /// <param name="Bytes">For their bytes; null where they take no memory.</param>
    private sealed record Lane(Places Places, Places? Bytes);
}
