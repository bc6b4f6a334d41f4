using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

[TestFixture(false)]
[TestFixture(true)]
public sealed class MemoryStoreContract(bool likeS3) : ObjectStoreContract
{
    protected override int PartSize => 64 * 1024;

    protected override IEnumerable<string> RefusedKeys => base.RefusedKeys.Append(new string('k', 1025)).Append(new string('é', 513));

    protected override Task<IObjectStore> CreateEmptyStoreAsync() =>
        Task.FromResult<IObjectStore>(new MemoryStore(traits: likeS3 ? MemoryStore.S3Traits : null));
}
