using Cake.Core;

namespace Trainctl.Cake.Frosting;

/// <summary>Remembers the exit code of the step that failed, because Frosting ends with the same one whatever the cause.</summary>
internal sealed class PipelineFailure
{
    // Flows down from RunPipeline into the tasks, and no further: two builds in one process do not see each other's.
    private static readonly AsyncLocal<PipelineFailure?> Current = new();

    private int? _exitCode;

    /// <summary>Runs a build.</summary>
    /// <returns>0, or the exit code of the step that failed; the build's own where that is not known.</returns>
    public static int ExitCodeOf(Func<int> build)
    {
        var failure = Current.Value = new PipelineFailure();
        try
        {
            return build() switch
            {
                0 => 0,
                var other => failure._exitCode ?? other,
            };
        }
        finally
        {
            Current.Value = null;
        }
    }

    public static void Watch(Action step) => Watch(() =>
    {
        step();
        return true;
    });

    public static T Watch<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (CakeException e)
        {
            Remember(e);
            throw;
        }
    }

    public static async Task<T> WatchAsync<T>(Func<Task<T>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (CakeException e)
        {
            Remember(e);
            throw;
        }
    }

    /// <summary>The failure was none.</summary>
    public static void Forget()
    {
        if (Current.Value is { } current)
            current._exitCode = null;
    }

    private static void Remember(CakeException e)
    {
        if (Current.Value is { } current)
            current._exitCode = e.ExitCode;
    }
}
