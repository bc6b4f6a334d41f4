namespace Trainctl.Benchmarks.Peers;

/// <summary>A program did not do what it was measured at.</summary>
internal sealed class PeerException(string message) : Exception(message);
