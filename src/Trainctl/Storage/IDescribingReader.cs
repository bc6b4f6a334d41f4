namespace Trainctl.Storage;

/// <summary>
/// A store that describes an object when it hands out its content, so that nobody has to ask before. Its listings leave out what only that tells.
/// </summary>
internal interface IDescribingReader
{
    /// <summary>Opens the whole content of an object. Nothing of it is proven yet.</summary>
    /// <param name="key">The object.</param>
    /// <param name="ifMatch">As for <see cref="IObjectReader.OpenReadAsync"/>.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    Task<DescribedContent> OpenDescribedAsync(string key, string? ifMatch, CancellationToken cancellationToken);
}

/// <summary>Content and what the store said of it.</summary>
/// <param name="Found">The object, as a head request would describe it.</param>
/// <param name="Content">As <see cref="IObjectReader.OpenReadAsync"/> opens it.</param>
internal readonly record struct DescribedContent(StoredObject Found, Stream Content);
