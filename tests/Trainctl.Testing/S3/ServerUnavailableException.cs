namespace Trainctl.Testing.S3;

/// <summary>One way of getting a server does not work here; the message is a full sentence for the person who runs the tests.</summary>
internal sealed class ServerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
