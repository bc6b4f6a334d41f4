using System.Collections.Concurrent;

namespace Trainctl.Testing.S3;

/// <summary>
/// A thread that lives as long as the process. The kernel's "die with your parent" means the parent's thread, and the runtime ends idle
/// threads of its pool.
/// </summary>
internal static class LongLivedThread
{
    private static readonly BlockingCollection<Action> Work = Start();

    public static Task<T> RunAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    private static BlockingCollection<Action> Start()
    {
        var work = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
                action();
        })
        { IsBackground = true, Name = "Daemon starter" };
        thread.Start();
        return work;
    }
}
