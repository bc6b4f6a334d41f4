using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>
/// Tells whether an object that alone is left of a checkpoint still shows what it was, by asking the layouts. They go by names, and thousands of
/// checkpoints have the same but for their digits, so each kind of name is asked about once. Pure.
/// </summary>
internal sealed class LoneObjects
{
    /// <summary>Names may be hashes, and then no two are alike.</summary>
    private const int MaxRemembered = 4096;

    private readonly Dictionary<(string Layout, string Path, string Key), bool> _answers = [];

    public bool Show(CheckpointUnit unit, StoredObject only)
    {
        var question = (unit.Layout, ShapeOf(unit.Path), ShapeOf(only.Key));
        if (_answers.TryGetValue(question, out var answer))
            return answer;
        answer = Ask(unit, only);
        if (_answers.Count < MaxRemembered)
            _answers.Add(question, answer);
        return answer;
    }

    /// <summary>The layouts' own answer, of which the name's length in digits and its zeros may be part.</summary>
    public static bool Ask(CheckpointUnit unit, StoredObject only)
    {
        var claims = ClaimList.Of(CatalogFolder.Build([only]), LayoutTable.All);
        return claims.Units.Exists(c => c.Layout.Name == unit.Layout && c.Path == unit.Path);
    }

    private static string ShapeOf(string text) => string.Create(text.Length, text, static (shape, text) =>
    {
        for (var i = 0; i < shape.Length; i++)
            shape[i] = text[i] is >= '1' and <= '9' ? '9' : text[i];
    });
}
