namespace Trainctl.Storage;

/// <summary>How a store encrypts an object with a key of a key service.</summary>
/// <param name="Method">As S3 names it: <c>aws:kms</c>, <c>aws:kms:dsse</c>.</param>
/// <param name="KeyId">Which key; null for the store's own.</param>
internal sealed record ObjectEncryption(string Method, string? KeyId);
