using Trainctl.Storage.S3.Proxies;

namespace Trainctl.Tests.Storage.S3.Proxies;

public sealed class NoProxyListTests
{
    [TestCase("*", "https://store.example", true)]
    [TestCase("amazonaws.com", "https://bucket.s3.eu-central-1.amazonaws.com", true)]
    [TestCase(".amazonaws.com", "https://bucket.s3.eu-central-1.amazonaws.com", true)]
    [TestCase("*.amazonaws.com", "https://bucket.s3.eu-central-1.amazonaws.com", true)]
    [TestCase("amazonaws.com", "https://notamazonaws.com", false)]
    [TestCase(".example", "https://example", true, Description = "as .NET and curl have it")]
    [TestCase("STORE.example.", "https://store.EXAMPLE./", true)]
    [TestCase("store.example", "https://other.example", false)]
    [TestCase("a.example, store.example:9000", "http://store.example:9000", true)]
    [TestCase("store.example:9000", "http://store.example:9001", false)]
    [TestCase("store.example:443", "https://store.example", true)]
    [TestCase("*:9000", "http://store.example:9000", true)]
    [TestCase("127.0.0.0/8", "http://127.0.0.1:9000", true)]
    [TestCase("127.1.2.3/8", "http://127.0.0.1:9000", true, Description = "the rest of the address does not count")]
    [TestCase("10.0.0.0/12", "http://10.15.255.255", true)]
    [TestCase("10.0.0.0/12", "http://10.16.0.0", false)]
    [TestCase("0.0.0.0/0", "http://10.16.0.0", true)]
    [TestCase("0.0.0.0/0", "http://store.example", false, Description = "names are not looked up")]
    [TestCase("0.0.0.0/0", "http://[::1]", false)]
    [TestCase("127.0.0.1", "http://127.0.0.1:9000", true)]
    [TestCase("127.0.0.1:9000", "http://127.0.0.1:9000", true)]
    [TestCase("127.0.0.1:9000", "http://127.0.0.1", false)]
    [TestCase("0.0.1", "http://127.0.0.1", false, Description = "an address has no end that is a domain")]
    [TestCase("::1", "http://[::1]:9000", true)]
    [TestCase("[::1]", "http://[::1]:9000", true)]
    [TestCase("[::1]:9000", "http://[::1]:9000", true)]
    [TestCase("[::1]:9000", "http://[::1]:9001", false)]
    [TestCase("fd00::/8", "http://[fd12::1]", true)]
    [TestCase("localhost\t.internal other", "http://x.internal", true)]
    [TestCase("", "http://store.example", false)]
    [TestCase(",., :,:9000,/8,1.2.3.4/,1.2.3.4/33,[,]:x,a:b", "http://store.example:9000", false)]
    public void An_address_is_named_or_not(string list, string address, bool expected) =>
        Assert.That(NoProxyList.Parse(list).Names(new Uri(address)), Is.EqualTo(expected));
}
