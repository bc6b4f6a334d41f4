using System.Text;
using System.Text.Json;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Tests.Checkpoints.Formats;

public sealed class PythonJsonTests
{
    [Test]
    public void Numbers_that_are_none_are_null_and_texts_stay_as_they_are()
    {
        var json = """{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \" Infinity","d":"\\","e":NaN}""";

        using var read = PythonJson.Parse(Encoding.UTF8.GetBytes(json));

        Assert.That(read.RootElement.GetRawText(), Is.EqualTo("""{"a":null,"b":[null,null],"c":"NaN \" Infinity","d":"\\","e":null}"""));
    }

    [TestCase("""{"a":Nan}""")]
    [TestCase("""{"a":NaN""")]
    [TestCase("")]
    public void What_is_no_json_stays_none(string json) =>
        Assert.That(() => PythonJson.Parse(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<JsonException>());
}
