using Cake.Core;

namespace Cake.Frosting;

public interface IFrostingTask
{
    string SkippedMessage => throw null!;

    Task RunAsync(ICakeContext context);

    bool ShouldRun(ICakeContext context);

    void OnError(Exception exception, ICakeContext context);

    void Finally(ICakeContext context);
}

public abstract class FrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual void Run(T context) => throw null!;

    public virtual bool ShouldRun(T context) => throw null!;

    public virtual void OnError(Exception exception, T context) => throw null!;

    public virtual void Finally(T context) => throw null!;

    Task IFrostingTask.RunAsync(ICakeContext context) => throw null!;

    bool IFrostingTask.ShouldRun(ICakeContext context) => throw null!;

    void IFrostingTask.OnError(Exception exception, ICakeContext context) => throw null!;

    void IFrostingTask.Finally(ICakeContext context) => throw null!;
}

public abstract class FrostingTask : FrostingTask<ICakeContext>;

public abstract class AsyncFrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual Task RunAsync(T context) => throw null!;

    public virtual bool ShouldRun(T context) => throw null!;

    public virtual void OnError(Exception exception, T context) => throw null!;

    public virtual void Finally(T context) => throw null!;

    Task IFrostingTask.RunAsync(ICakeContext context) => throw null!;

    bool IFrostingTask.ShouldRun(ICakeContext context) => throw null!;

    void IFrostingTask.OnError(Exception exception, ICakeContext context) => throw null!;

    void IFrostingTask.Finally(ICakeContext context) => throw null!;
}

public abstract class AsyncFrostingTask : AsyncFrostingTask<ICakeContext>;
