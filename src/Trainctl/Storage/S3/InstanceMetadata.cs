namespace Trainctl.Storage.S3;

/// <summary>
/// Asks whether this is an EC2 machine before the SDK does: the SDK waits five seconds and tries again where the address leads nowhere.
/// </summary>
internal static class InstanceMetadata
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task<bool> AnswersAsync(Func<string, string?> environment)
    {
        if (bool.TryParse(environment.Value("AWS_EC2_METADATA_DISABLED"), out var disabled) && disabled)
            return false;
        var address = environment.Value("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254";
        if (!Uri.TryCreate(new Uri(address + "/", UriKind.RelativeOrAbsolute), "latest/api/token", out var url) || !url.IsAbsoluteUri)
            return false;

        // A token is what EC2 hands out first; anything else at this address is not EC2.
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience };
        using var client = new HttpClient(handler) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Put, url);
        request.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "60");
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
