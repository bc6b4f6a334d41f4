using System.Collections.Concurrent;
using System.ComponentModel;
using System.Threading.Channels;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>What a batch came to.</summary>
/// <param name="Undone">What is not proven to be at the destination, whatever the reason: the built-in backend's work.</param>
/// <param name="IsHopeless">Whether another batch would come to no more.</param>
internal sealed record S5cmdRunResult(IReadOnlyList<TransferItem> Undone, bool IsHopeless);

/// <summary>
/// Moves one batch. Three things happen at once: objects are prepared and their commands written, s5cmd works, and what it calls done is proven.
/// Only proof counts: an exit code of 0 says nothing, and one of 1 takes nothing away from what is proven.
/// </summary>
internal sealed class S5cmdRun(S5cmdProgram program, S5cmdBatch batch, TransferSettings settings, EngineHost host)
{
    /// <summary>Objects in parts that s5cmd moves at once; it takes no fewer (peak/s5cmd: parallel/parallel.go).</summary>
    private const int LargeAtOnce = 2;

    private readonly ConcurrentDictionary<string, (S5cmdJob Job, int Index)> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<S5cmdJob> _jobs = [];
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<(S5cmdJob Job, int Index)> _claimed = Channel.CreateUnbounded<(S5cmdJob, int)>();
    private readonly string?[] _reasons = new string?[batch.Items.Count];
    private readonly bool[] _proven = new bool[batch.Items.Count];
    private readonly List<S5cmdJob> _heard = [];
    private S5cmdRecord? _record;
    private int _ended;
    private volatile bool _isTold;

    /// <param name="environment">From <see cref="S5cmdEnvironment"/>.</param>
    /// <param name="onProven">Called for each object that is proven to be at the destination; from many threads.</param>
    /// <param name="cancellationToken">Ends s5cmd; what is left of unfinished objects is removed before this method throws.</param>
    public async Task<S5cmdRunResult> RunAsync(
        IReadOnlyDictionary<string, string?> environment, Func<TransferResult, ValueTask> onProven, CancellationToken cancellationToken)
    {
        var uploads = batch is { Direction: TransferDirection.Upload, InParts: true } && batch.Bucket is IResumableStore bucket
            ? new UnfinishedUploads(bucket, [.. batch.Items.Select(static i => i.Key)], host)
            : null;
        if (uploads is not null)
            await uploads.RememberAsync(cancellationToken).ConfigureAwait(false);
        using var record = _record = BeginRecord(uploads);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.WhenAll(
                StopAllOnFailureAsync(WorkAsync(environment, stop.Token), stop),
                StopAllOnFailureAsync(ProveAsync(onProven, stop.Token), stop)).ConfigureAwait(false);
        }
        finally
        {
            foreach (var job in _jobs)
                job.Dispose();
            if (uploads is null || await uploads.AbortNewAsync(MayBeUnfinished()).ConfigureAwait(false))
                record?.Delete();
        }

        var undone = batch.Items.Where((_, i) => !_proven[i]).ToArray();
        for (var i = 0; i < _proven.Length; i++)
        {
            if (!_proven[i])
                host.Log.Debug($"'{batch.Items[i].Key}' {_reasons[i] ?? "was not called done by s5cmd"}; the built-in backend does it again.");
        }

        return new S5cmdRunResult(undone, _isTold || undone.Length == batch.Items.Count);
    }

    /// <summary>Small uploads leave nothing that would have to be found again.</summary>
    private S5cmdRecord? BeginRecord(UnfinishedUploads? uploads)
    {
        var head = new S5cmdRecordHead { StartedAt = host.Time.GetUtcNow() };
        if (batch.Direction == TransferDirection.Download)
            return S5cmdRecord.TryBegin(host, head);
        return uploads?.Others is { } others && batch.Bucket is IResumableStore store
            ? S5cmdRecord.TryBegin(host, head.ForUploads(store, others))
            : null;
    }

    private static async Task StopAllOnFailureAsync(Task task, CancellationTokenSource stop)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Prepares and runs; ends when s5cmd has ended, and the queue of what is to be proven with it.</summary>
    private async Task WorkAsync(IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var preparing = PrepareAsync(ended.Token);
        try
        {
            var workers = batch.InParts ? LargeAtOnce : settings.UnmeasuredConcurrency;
            var exitCode = await new S5cmdProcess(program, environment, workers).RunAsync(_lines.Reader, OnLine, cancellationToken).ConfigureAwait(false);
            host.Log.Debug($"s5cmd ended with exit code {exitCode}.");
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            host.Log.Debug($"s5cmd could not be run: {exception.Message}");
        }
        finally
        {
            _claimed.Writer.TryComplete();
            await ended.CancelAsync().ConfigureAwait(false);
            await preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var degree = batch.Direction == TransferDirection.Upload ? settings.PartConcurrency : settings.UnmeasuredConcurrency;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForAsync(0, batch.Items.Count, parallel, async (i, token) =>
            {
                try
                {
                    var job = JobFor(batch.Items[i]);
                    _jobs.Add(job);
                    _record?.Add(job.Trace);
                    if (await job.PrepareAsync(token).ConfigureAwait(false) is not { } line)
                        _reasons[i] = "is not for s5cmd";
                    else if (_told.TryAdd(job.Destination, (job, i)))
                        Tell(job, line);
                }
                catch (Exception exception) when (exception is TrainctlException or IOException)
                {
                    _reasons[i] = $"could not be prepared: {exception.Message}";
                }
            }).ConfigureAwait(false);
        }
        finally
        {
            // s5cmd ends when its input does.
            _lines.Writer.TryComplete();
        }
    }

    private void Tell(S5cmdJob job, string line)
    {
        lock (_heard)
        {
            _heard.Add(job);
            _lines.Writer.TryWrite(line);
        }
    }

    /// <summary>
    /// Keys that s5cmd may be at, as it takes them in the order of its input and says when it is done with one. What it has copied is no upload any more, and
    /// what it has not come to is none of its own.
    /// </summary>
    private IReadOnlyList<string> MayBeUnfinished()
    {
        lock (_heard)
            return [.. _heard.Take(LargeAtOnce + Volatile.Read(ref _ended)).Where(j => _told.ContainsKey(j.Destination)).Select(static j => j.Item.Key)];
    }

    private async Task ProveAsync(Func<TransferResult, ValueTask> onProven, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.UnmeasuredConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_claimed.Reader.ReadAllAsync(cancellationToken), parallel, async (claim, token) =>
        {
            try
            {
                var result = await claim.Job.ProveAsync(token).ConfigureAwait(false);
                _proven[claim.Index] = true;
                await onProven(result).ConfigureAwait(false);
            }
            catch (UnprovenException exception)
            {
                _reasons[claim.Index] = exception.Message;
                _isTold |= exception.IsTelling;
                if (exception.LeftBy is { } failure)
                {
                    host.Log.Warning($"'{claim.Job.Item.Destination.Root.Append(claim.Job.Item.Key)}' {exception.Message}, and could not be deleted: {failure.Message} "
                        + "It is sent again; should that fail, delete it, as a later sync would take it for done.");
                }
            }
            catch (TrainctlException exception) when (!_proven[claim.Index])
            {
                _reasons[claim.Index] = $"could not be proven: {exception.Message}";
            }
        }).ConfigureAwait(false);
    }

    private void OnLine(string line)
    {
        // With the end of one object s5cmd begins the next.
        Interlocked.Increment(ref _ended);
        _record?.Touch(host.Time.GetUtcNow());
        var message = S5cmdMessage.Parse(line);
        if (message is { IsCopied: true, Destination: { } destination } && _told.TryRemove(destination, out var claim))
            _claimed.Writer.TryWrite(claim);
        else if (message is not { IsCopied: true })
            host.Log.Debug($"s5cmd says: {message?.Error ?? line}{(message?.Command is { } command ? $" ({command})" : "")}");
    }

    private S5cmdJob JobFor(TransferItem item)
    {
        var concurrency = batch.InParts ? Math.Max(1, settings.PartConcurrency / LargeAtOnce) : 1;
        return batch.Direction == TransferDirection.Upload
            ? new S5cmdUpload(item, settings, concurrency)
            : new S5cmdDownload(item, settings, concurrency);
    }
}
