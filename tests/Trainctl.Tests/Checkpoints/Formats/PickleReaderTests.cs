using Trainctl.Checkpoints.Formats;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Formats;

public sealed class PickleReaderTests
{
    /// <summary>Written by CPython 3.11 from classes with the names and fields of torch's, and with a value of every other kind.</summary>
    private const string Protocol2 = "gAJjdG9yY2guZGlzdHJpYnV0ZWQuY2hlY2twb2ludC5tZXRhZGF0YQpNZXRhZGF0YQpxACmBcQF9cQIoWBMAAABzdGF0ZV9kaWN0X21ldGFkYXRhcQN9cQQoWAEAAAB3cQVjdG9yY2guZGlzdHJpYnV0ZWQuY2hlY2twb2ludC5tZXRhZGF0YQpUZW5zb3JTdG9yYWdlTWV0YWRhdGEKcQYpgXEHfXEIKFgKAAAAcHJvcGVydGllc3EJY3RvcmNoLmRpc3RyaWJ1dGVkLmNoZWNrcG9pbnQubWV0YWRhdGEKRW5jCnEKSwCFcQtScQxYBAAAAHNpemVxDWN0b3JjaApTaXplCnEOSwSFcQ+FcRBScRFYBgAAAGNodW5rc3ESXXETKGN0b3JjaC5kaXN0cmlidXRlZC5jaGVja3BvaW50Lm1ldGFkYXRhCkNodW5rU3RvcmFnZU1ldGFkYXRhCnEUKYFxFX1xFihYBwAAAG9mZnNldHNxF2gOSwCFcRiFcRlScRpYBQAAAHNpemVzcRtoDksChXEchXEdUnEedWJoFCmBcR99cSAoaBdoDksChXEhhXEiUnEjaBtoDksChXEkhXElUnEmdWJldWJYAQAAAHNxJ2N0b3JjaC5kaXN0cmlidXRlZC5jaGVja3BvaW50Lm1ldGFkYXRhCkJ5dGVzU3RvcmFnZU1ldGFkYXRhCnEoKYFxKXVYDAAAAHBsYW5uZXJfZGF0YXEqfXEraAVoBYVxLHNYDAAAAHN0b3JhZ2VfZGF0YXEtfXEuKGN0b3JjaC5kaXN0cmlidXRlZC5jaGVja3BvaW50Lm1ldGFkYXRhCk1ldGFkYXRhSW5kZXgKcS8pgXEwfXExKFgDAAAAZnFucTJoBVgGAAAAb2Zmc2V0cTNoDksAhXE0hXE1UnE2WAUAAABpbmRleHE3SwB1YmN0b3JjaC5kaXN0cmlidXRlZC5jaGVja3BvaW50LmZpbGVzeXN0ZW0KX1N0b3JhZ2VJbmZvCnE4KYFxOX1xOihYDQAAAHJlbGF0aXZlX3BhdGhxO1gMAAAAX18wXzAuZGlzdGNwcTxoM0sAWAYAAABsZW5ndGhxPU2wBHViaC8pgXE+fXE/KGgyaAVoM2gOSwKFcUCFcUFScUJoN0sBdWJoOCmBcUN9cUQoaDtYDAAAAF9fMV8wLmRpc3RjcHFFaDNLAGg9TbAEdWJoLymBcUZ9cUcoaDJoJ2gzTmg3TnViaDgpgXFIfXFJKGg7aDxoM02wBGg9igUA8gUqAXVidVgMAAAAc3RvcmFnZV9tZXRhcUpjdG9yY2guZGlzdHJpYnV0ZWQuY2hlY2twb2ludC5tZXRhZGF0YQpTdG9yYWdlTWV0YQpxSymBcUx9cU0oWA0AAABjaGVja3BvaW50X2lkcU5YCQAAAC94L3N0ZXAtNXFPWAcAAABzYXZlX2lkcVBYAgAAAGlkcVF1YlgFAAAAZXh0cmFxUl1xUyhHP/gAAAAAAABOiGNfY29kZWNzCmVuY29kZQpxVFgBAAAAeHFVWAYAAABsYXRpbjFxVoZxV1JxWGNfX2J1aWx0aW5fXwpzZXQKcVldcVooSwFLAmWFcVtScVxjX19idWlsdGluX18KZnJvemVuc2V0CnFdXXFeSwNhhXFfUnFgY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnFhKVJxYlgBAAAAYXFjSwFzSvn///9NLAFKcBEBAIoJAAAAAAAAAABAZXViLg==";

    private const string Protocol4 = "gASVYwMAAAAAAACMJXRvcmNoLmRpc3RyaWJ1dGVkLmNoZWNrcG9pbnQubWV0YWRhdGGUjAhNZXRhZGF0YZSTlCmBlH2UKIwTc3RhdGVfZGljdF9tZXRhZGF0YZR9lCiMAXeUaACMFVRlbnNvclN0b3JhZ2VNZXRhZGF0YZSTlCmBlH2UKIwKcHJvcGVydGllc5RoAIwDRW5jlJOUSwCFlFKUjARzaXpllIwFdG9yY2iUjARTaXpllJOUSwSFlIWUUpSMBmNodW5rc5RdlChoAIwUQ2h1bmtTdG9yYWdlTWV0YWRhdGGUk5QpgZR9lCiMB29mZnNldHOUaBRLAIWUhZRSlIwFc2l6ZXOUaBRLAoWUhZRSlHViaBspgZR9lChoHmgUSwKFlIWUUpRoImgUSwKFlIWUUpR1YmV1YowBc5RoAIwUQnl0ZXNTdG9yYWdlTWV0YWRhdGGUk5QpgZR1jAxwbGFubmVyX2RhdGGUfZRoB2gHhZRzjAxzdG9yYWdlX2RhdGGUfZQoaACMDU1ldGFkYXRhSW5kZXiUk5QpgZR9lCiMA2ZxbpRoB4wGb2Zmc2V0lGgUSwCFlIWUUpSMBWluZGV4lEsAdWKMJ3RvcmNoLmRpc3RyaWJ1dGVkLmNoZWNrcG9pbnQuZmlsZXN5c3RlbZSMDF9TdG9yYWdlSW5mb5STlCmBlH2UKIwNcmVsYXRpdmVfcGF0aJSMDF9fMF8wLmRpc3RjcJRoPEsAjAZsZW5ndGiUTbAEdWJoOCmBlH2UKGg7aAdoPGgUSwKFlIWUUpRoQEsBdWJoQymBlH2UKGhGjAxfXzFfMC5kaXN0Y3CUaDxLAGhITbAEdWJoOCmBlH2UKGg7aC5oPE5oQE51YmhDKYGUfZQoaEZoR2g8TbAEaEiKBQDyBSoBdWJ1jAxzdG9yYWdlX21ldGGUaACMC1N0b3JhZ2VNZXRhlJOUKYGUfZQojA1jaGVja3BvaW50X2lklIwJL3gvc3RlcC01lIwHc2F2ZV9pZJSMAmlklHVijAVleHRyYZRdlChHP/gAAAAAAABOiEMBeJSPlChLAUsCkChLA5GUjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUjAFhlEsBc0r5////TSwBSnARAQCKCQAAAAAAAAAAQGV1Yi4=";

    private const string Protocol5 = "gAWVYwMAAAAAAACMJXRvcmNoLmRpc3RyaWJ1dGVkLmNoZWNrcG9pbnQubWV0YWRhdGGUjAhNZXRhZGF0YZSTlCmBlH2UKIwTc3RhdGVfZGljdF9tZXRhZGF0YZR9lCiMAXeUaACMFVRlbnNvclN0b3JhZ2VNZXRhZGF0YZSTlCmBlH2UKIwKcHJvcGVydGllc5RoAIwDRW5jlJOUSwCFlFKUjARzaXpllIwFdG9yY2iUjARTaXpllJOUSwSFlIWUUpSMBmNodW5rc5RdlChoAIwUQ2h1bmtTdG9yYWdlTWV0YWRhdGGUk5QpgZR9lCiMB29mZnNldHOUaBRLAIWUhZRSlIwFc2l6ZXOUaBRLAoWUhZRSlHViaBspgZR9lChoHmgUSwKFlIWUUpRoImgUSwKFlIWUUpR1YmV1YowBc5RoAIwUQnl0ZXNTdG9yYWdlTWV0YWRhdGGUk5QpgZR1jAxwbGFubmVyX2RhdGGUfZRoB2gHhZRzjAxzdG9yYWdlX2RhdGGUfZQoaACMDU1ldGFkYXRhSW5kZXiUk5QpgZR9lCiMA2ZxbpRoB4wGb2Zmc2V0lGgUSwCFlIWUUpSMBWluZGV4lEsAdWKMJ3RvcmNoLmRpc3RyaWJ1dGVkLmNoZWNrcG9pbnQuZmlsZXN5c3RlbZSMDF9TdG9yYWdlSW5mb5STlCmBlH2UKIwNcmVsYXRpdmVfcGF0aJSMDF9fMF8wLmRpc3RjcJRoPEsAjAZsZW5ndGiUTbAEdWJoOCmBlH2UKGg7aAdoPGgUSwKFlIWUUpRoQEsBdWJoQymBlH2UKGhGjAxfXzFfMC5kaXN0Y3CUaDxLAGhITbAEdWJoOCmBlH2UKGg7aC5oPE5oQE51YmhDKYGUfZQoaEZoR2g8TbAEaEiKBQDyBSoBdWJ1jAxzdG9yYWdlX21ldGGUaACMC1N0b3JhZ2VNZXRhlJOUKYGUfZQojA1jaGVja3BvaW50X2lklIwJL3gvc3RlcC01lIwHc2F2ZV9pZJSMAmlklHVijAVleHRyYZRdlChHP/gAAAAAAABOiEMBeJSPlChLAUsCkChLA5GUjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUjAFhlEsBc0r5////TSwBSnARAQCKCQAAAAAAAAAAQGV1Yi4=";

    [TestCase(Protocol2)]
    [TestCase(Protocol4)]
    [TestCase(Protocol5)]
    public void Objects_and_their_state_are_read_as_data(string pickle)
    {
        var objects = PickleReader.Objects(Convert.FromBase64String(pickle))!;

        Assert.That(
            objects.Where(static o => o.Type == "_StorageInfo").Select(static o => (o.State!["relative_path"], o.State["offset"], o.State["length"])),
            Is.EqualTo(new (object?, object?, object?)[] { ("__0_0.distcp", 0L, 1200L), ("__1_0.distcp", 0L, 1200L), ("__0_0.distcp", 1200L, 5_000_000_000L) }));
    }

    [Test]
    public void A_pickle_cut_anywhere_is_not_whole()
    {
        var pickle = Convert.FromBase64String(Protocol4);

        Assert.That(
            Enumerable.Range(0, pickle.Length).Where(length => PickleReader.Objects(pickle.AsSpan(0, length)) is { Count: > 0 }), Is.Empty);
    }

    [TestCase("")]
    [TestCase("text")]
    [TestCase("{}.")]
    public void Other_content_is_no_pickle(string content) => Assert.That(PickleReader.Objects(System.Text.Encoding.ASCII.GetBytes(content)), Is.Null);

    /// <summary>Hostile or newer content must not end the program, and tells nothing.</summary>
    [Test]
    public void Random_bytes_are_survived()
    {
        var random = new Random(7);
        var pickle = PickleFile.DistributedMetadata([("__0_0.distcp", 0, 9)]);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var broken = (byte[])pickle.Clone();
                for (var j = 0; j < 3; j++)
                    broken[random.Next(2, broken.Length - 1)] = (byte)random.Next(256);
                Assert.DoesNotThrow(() => PickleReader.Objects(broken), Convert.ToHexString(broken));
            }
        });
    }
}
