namespace Trainctl.BareClient;

/// <summary>Work that is shared out among connections, each with a thread of its own.</summary>
internal static class BareWorkers
{
    /// <exception cref="AggregateException">The first failure; the rest was not done.</exception>
    public static void Run<T>(BareStore store, int connections, IReadOnlyList<T> work, Func<Action<BareConnection, T>> begin)
    {
        var next = -1;
        Exception? failure = null;
        var threads = Enumerable.Range(0, Math.Min(connections, work.Count)).Select(_ => new Thread(Work)).ToArray();
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        if (failure is not null)
            throw new AggregateException(failure);

        void Work()
        {
            try
            {
                using var connection = store.Connect();
                var act = begin();
                while (failure is null && Interlocked.Increment(ref next) is var i && i < work.Count)
                    act(connection, work[i]);
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
    }
}
