using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Watching.Looking;

/// <summary>Tags that differ when a checkpoint does, made of what a listing tells of its objects.</summary>
internal static class CheckpointTag
{
    /// <summary>
    /// Of its content. Manifest and pin come and go without changing it: a checkpoint is whole before its manifest is written, and is still the same after.
    /// </summary>
    public static string OfContent(UnitClaim claim) => Of(Content(claim), claim.Layout.Name);

    /// <summary>Of everything that a judgement depends on.</summary>
    public static string OfJudgement(UnitClaim claim) => Of(
        claim.Objects.Concat(claim.Sidecars).Concat(claim.JudgedBy), claim.Layout.Name, claim.NameProblem, claim.Doubt, claim.MissingRequired, claim.IsUnfinished.ToString(CultureInfo.InvariantCulture));

    /// <summary>Its objects and those beside it, without manifest and pin; all of them where there is nothing else.</summary>
    public static IReadOnlyList<StoredObject> Content(UnitClaim claim)
    {
        StoredObject[] all = [.. claim.Objects.Concat(claim.Sidecars)];
        var content = Array.FindAll(all, static o => !Manifest.IsManifestKey(o.Key) && !UnitPins.IsPinKey(o.Key));
        return content.Length > 0 ? content : all;
    }

    private static string Of(IEnumerable<StoredObject> objects, params IEnumerable<string?> facts)
    {
        var hash = new XxHash128();
        var number = new byte[sizeof(long)];
        foreach (var fact in facts)
            Add(fact);
        foreach (var found in objects.OrderBy(static o => o.Key, KeyOrder.Instance))
        {
            Add(found.Key);
            AddNumber(found.Size);
            AddNumber(found.ModifiedAt.UtcTicks);
            Add(found.ETag);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());

        void Add(string? text)
        {
            AddNumber(text?.Length ?? -1);
            hash.Append(Encoding.UTF8.GetBytes(text ?? ""));
        }

        void AddNumber(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.Append(number);
        }
    }
}
