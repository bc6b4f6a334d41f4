using Amazon.S3;
using Amazon.S3.Model;

namespace Trainctl.Testing.S3;

/// <summary>Asks a server by the plain SDK what it does, in a bucket of its own. An ability counts when what was asked for can be seen afterwards.</summary>
internal sealed class AbilityProbe : IDisposable
{
    private readonly AmazonS3Client _client;
    private readonly string _bucket = "trainctl-abilities-" + Guid.NewGuid().ToString("n");

    private AbilityProbe(S3TestEndpoint endpoint) => _client = endpoint.NewClient();

    public static async Task<ServerAbility> AskAsync(S3TestEndpoint endpoint)
    {
        using var probe = new AbilityProbe(endpoint);
        return await probe.AskAsync();
    }

    public void Dispose() => _client.Dispose();

    private async Task<ServerAbility> AskAsync()
    {
        await _client.PutBucketAsync(_bucket);
        (ServerAbility Ability, Func<Task<bool>> Probe)[] probes =
        [
            (ServerAbility.LineBreaks, KeepsLineBreaksAsync),
            (ServerAbility.AnyKey, KeepsAnyKeyAsync),
            (ServerAbility.Tags, KeepsTagsAsync),
            (ServerAbility.UploadListing, ListsUploadsAsync),
            (ServerAbility.AccessLists, KeepsAccessListsAsync),
            (ServerAbility.Checksums, TakesChecksumsAsync),
            // The last one: what is deleted afterwards would stay as a version.
            (ServerAbility.Versions, KeepsVersionsAsync),
        ];
        var found = ServerAbility.None;
        foreach (var (ability, probe) in probes)
        {
            if (await TryAsync(probe))
                found |= ability;
        }

        await _client.DeleteBucketAsync(_bucket);
        return found;
    }

    private static async Task<bool> TryAsync(Func<Task<bool>> probe)
    {
        try
        {
            return await probe();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode != 0)
        {
            // Refused; a server that does not answer is no server without the ability.
            return false;
        }
    }

    private async Task<bool> KeepsAnyKeyAsync()
    {
        string[] keys = ["a", "a//b", "line\nbreak", "trail/"];
        foreach (var key in keys)
            await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = key, ContentBody = "x" });
        var listed = (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket })).S3Objects ?? [];
        return listed.Select(static o => o.Key).SequenceEqual(keys);
    }

    private async Task<bool> KeepsLineBreaksAsync()
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "line\nbreak", ContentBody = "x" });
        return (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket })).S3Objects is [{ Key: "line\nbreak" }];
    }

    private async Task<bool> KeepsTagsAsync()
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "tagged", ContentBody = "x", TagSet = [new Tag { Key = "keep", Value = "1" }] });
        var answer = await _client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = "tagged" });
        return answer.Tagging is [{ Key: "keep", Value: "1" }];
    }

    private async Task<bool> ListsUploadsAsync()
    {
        var upload = await _client.InitiateMultipartUploadAsync(_bucket, "below/object");
        var below = await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket, Prefix = "below/" });
        var all = await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket });
        await _client.AbortMultipartUploadAsync(_bucket, "below/object", upload.UploadId);
        return below.MultipartUploads is [{ Key: "below/object" }] && all.MultipartUploads is [{ Key: "below/object" }];
    }

    private async Task<bool> KeepsAccessListsAsync()
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "open", ContentBody = "x" });
        await _client.PutObjectAclAsync(new PutObjectAclRequest { BucketName = _bucket, Key = "open", ACL = S3CannedACL.PublicRead });
        return (await _client.GetObjectAclAsync(new GetObjectAclRequest { BucketName = _bucket, Key = "open" })).Grants?.Count > 1;
    }

    private async Task<bool> TakesChecksumsAsync()
    {
        await _client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _bucket, Objects = [new KeyVersion { Key = "nothing" }] });
        return true;
    }

    private async Task<bool> KeepsVersionsAsync()
    {
        foreach (var left in (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket })).S3Objects ?? [])
            await _client.DeleteObjectAsync(_bucket, left.Key);
        await _client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        var kept = (await _client.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = _bucket })).VersioningConfig?.Status == VersionStatus.Enabled;
        await _client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Suspended },
        });
        return kept;
    }
}
