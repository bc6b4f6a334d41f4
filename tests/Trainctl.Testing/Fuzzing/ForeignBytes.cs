using System.Runtime.ExceptionServices;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Trainctl.Diagnostics;

namespace Trainctl.Testing.Fuzzing;

/// <summary>
/// What holds for whatever reads bytes that others wrote: it ends, with an answer or with the error that it declares, and takes memory in proportion to
/// what it read.
/// </summary>
public static class ForeignBytes
{
    private const int DefaultCases = 2000;
    private const long FreeBytes = 16 * 1024 * 1024;
    private const long BytesForByte = 256;

    /// <summary>No case takes a noticeable part of this; it ends a test that would never end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Gives a reader damaged content and noise.</summary>
    /// <param name="valid">Content that the reader accepts.</param>
    /// <param name="accepts">The reader: whether it made sense of the content. On the calling thread only.</param>
    /// <param name="cases">How many cases by default.</param>
    /// <param name="declared">The errors that it may throw instead.</param>
    public static void AreSurvived(IReadOnlyList<byte[]> valid, Func<byte[], bool> accepts, int cases = DefaultCases, params TrainctlError[] declared)
    {
        foreach (var content in valid)
            Assert.That(accepts(content), Is.True, "What is not damaged must be accepted, or the damage proves nothing.");
        byte[] current = [];
        var count = 0;
        Guarded(() => Check.One(
            PropertySearch.Of(cases),
            Prop.ForAll(Arb.From(Damaged(valid), Smaller), content =>
            {
                (current, count) = (content, count + 1);
                return Problem(content, accepts, declared) is { } problem
                    ? throw new AssertionException($"{problem}\nContent: {Convert.ToBase64String(content.AsSpan(0, Math.Min(content.Length, 4096)))}")
                    : true;
            })), () => (count, current));
    }

    /// <summary>The same for a reader of text, which may hold halves of surrogate pairs.</summary>
    public static void AreSurvivedAsText(IReadOnlyList<string> valid, Func<string, bool> accepts, params TrainctlError[] declared) =>
        AreSurvived([.. valid.Select(System.Text.Encoding.UTF8.GetBytes)], content => accepts(AsText(content)), declared: declared);

    /// <summary>Damaged content and noise, for tests that have more to say about it.</summary>
    public static Gen<byte[]> Damaged(IReadOnlyList<byte[]> valid) =>
        Gen.Choose(0, int.MaxValue).Select(seed => Mutation.Of(valid, new Random(seed)));

    private static string AsText(byte[] content) => System.Text.Encoding.UTF8.GetString(content).Replace('\uFFFD', '\uD800');

    private static string? Problem(byte[] content, Func<byte[], bool> accepts, TrainctlError[] declared)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            accepts(content);
        }
        catch (TrainctlException exception) when (declared.Contains(exception.Error))
        {
            // Allowed.
        }
#pragma warning disable CA1031 // Do not catch general exception types: any other is what is looked for
        catch (Exception exception)
        {
            return $"It threw {exception}";
        }
#pragma warning restore CA1031
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        return taken > FreeBytes + (BytesForByte * content.Length) ? $"It took {taken} bytes of memory for {content.Length} bytes." : null;
    }

    private static IEnumerable<byte[]> Smaller(byte[] content)
    {
        for (var length = content.Length / 2; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= content.Length; from += length)
                yield return [.. content.AsSpan(0, from), .. content.AsSpan(from + length)];
        }
    }

    private static void Guarded(Action work, Func<(int Count, byte[] Current)> progress)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
#pragma warning disable CA1031 // Do not catch general exception types: it is thrown again where the test runs
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
#pragma warning restore CA1031
        }) { IsBackground = true };
        thread.Start();
        for (var last = -1; !thread.Join(Patience);)
        {
            var (count, current) = progress();
            if (count == last)
                Assert.Fail($"The reader does not end.\nContent: {Convert.ToBase64String(current)}");
            last = count;
        }

        failure?.Throw();
    }
}
