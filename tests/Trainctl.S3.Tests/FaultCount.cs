using NUnit.Framework.Internal;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>Which faults happened in which tests of this run.</summary>
internal static class FaultCount
{
    private static readonly FaultKind[] OfAnyRequest =
    [
        FaultKind.SlowDown, FaultKind.InternalError, FaultKind.ResetRequest, FaultKind.ResetAnswer, FaultKind.CutAnswer, FaultKind.Stall,
    ];

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, CommandCount> Counts = new(StringComparer.Ordinal);

    /// <summary>Adds what one case of a test met; null: it did not begin.</summary>
    public static void Add(string test, IReadOnlyDictionary<FaultKind, int>? happened)
    {
        lock (Gate)
        {
            var cases = TestExecutionContext.CurrentContext.CurrentTest.Parent!.TestCaseCount;
            var count = Counts.TryGetValue(test, out var known) ? known : Counts[test] = new CommandCount(cases);
            count.Ended++;
            foreach (var (kind, times) in happened ?? new Dictionary<FaultKind, int>())
                count.Happened[kind] = count.Happened.GetValueOrDefault(kind) + times;
        }
    }

    /// <summary>What all cases of a test met. Where not all of them ran it is not known: the test that asks is ignored, or fails where nothing may be ignored.</summary>
    public static IReadOnlyDictionary<FaultKind, int> Of(string test)
    {
        lock (Gate)
        {
            if (Counts.TryGetValue(test, out var count) && count.Ended >= count.Cases)
                return count.Happened;
        }

        var message = $"Not all cases of '{test}' ran, so what they met says nothing.";
        throw ContinuousIntegration.IsOn ? new AssertionException(message) : new IgnoreException(message);
    }

    /// <summary>Makes sure that tests together met all that can happen to any request, and more.</summary>
    public static void AssertMet(IEnumerable<string> tests, params FaultKind[] special)
    {
        var happened = tests.SelectMany(Of).GroupBy(static c => c.Key).ToDictionary(static g => g.Key, static g => g.Sum(static c => c.Value));

        TestContext.Out.WriteLine(string.Join(", ", happened.OrderBy(static c => c.Key).Select(static c => $"{c.Value} {c.Key}")));
        Assert.That(OfAnyRequest.Concat(special).Except(happened.Keys), Is.Empty);
    }

    private sealed class CommandCount(int cases)
    {
        public int Cases { get; } = cases;

        public int Ended { get; set; }

        public Dictionary<FaultKind, int> Happened { get; } = [];
    }
}
