using Trainctl.Reporting;

namespace Trainctl.Storage.S3;

/// <summary>How a service is reached and asked, for a person.</summary>
internal static class S3Description
{
    public static IReadOnlyList<(string Name, string Value)> Of(S3Connection connection)
    {
        var provider = connection.Provider;
        return
        [
            ("service", connection.Host),
            ("provider", $"{provider.Name} ({SourceOf(connection)})"),
            ("region", connection.Region),
            ("address", connection.PathStyle ? "the bucket is part of the path" : "the bucket is part of the host's name"),
            ("connection", !connection.IsEncrypted ? "not encrypted" : connection.CaBundle is { } bundle
                ? $"encrypted; trusts '{bundle.Path}' ({bundle.Source})"
                : "encrypted; trusts what the system trusts"),
            ("proof", $"{connection.Proof.Name()} with each object and part"),
            ("signature", connection.IsAnonymous ? "none" : connection.IsPayloadUnsigned ? "of the request, not of its content" : "of the request and its content"),
            ("ETag", provider.ETagIsMd5 ? "the MD5 of an object written whole" : "not taken for an MD5"),
            ("listing", "ListObjectsV2"),
            ("largest object", HumanText.Size(provider.MaxObjectBytes)),
            ("largest copy", HumanText.Size(provider.MaxCopyBytes)),
        ];
    }

    private static string SourceOf(S3Connection connection) => connection.ProviderSource switch
    {
        ProviderSource.Setting => "the setting Provider says so",
        ProviderSource.Address => "known by its address",
        _ => connection.Provider == ProviderProfile.Other ? "not recognised; asked in a way that all understand" : "recognised by its answers",
    };
}
