using System.Xml;
using System.Xml.Linq;
using Microsoft.Build.Framework;

namespace Trainctl.MSBuild;

/// <summary>Where in a project an item, or one of its metadata, was written.</summary>
internal sealed record ItemPlace(string? File, int Line, int Column)
{
    /// <summary>Looks it up in the file that defines the item: a build tells tasks the file, and no line.</summary>
    /// <param name="item">The item.</param>
    /// <param name="setting">The metadata to blame; null for the item as a whole.</param>
    /// <param name="projectFile">The file to name when the item's own is part of this package.</param>
    public static ItemPlace Of(ITaskItem item, string? setting, string? projectFile)
    {
        var file = item.GetMetadata("DefiningProjectFullPath");
        if (file.Length == 0 || file.EndsWith("Trainctl.MSBuild.targets", StringComparison.OrdinalIgnoreCase))
            file = projectFile;
        return file is not null && Find(file, item, setting) is { } line ? new ItemPlace(file, line.LineNumber, line.LinePosition) : new ItemPlace(file, 0, 0);
    }

    private static IXmlLineInfo? Find(string file, ITaskItem item, string? setting)
    {
        try
        {
            var names = item.CloneCustomMetadata().Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
            // Of the items that are written there, the one with all of this one's metadata; the name that is written may hold properties.
            var element = XDocument.Load(file, LoadOptions.SetLineInfo).Descendants()
                .Where(e => e.Attribute("Include") is { } include && (include.Value == item.ItemSpec || include.Value.Contains("$(", StringComparison.Ordinal)))
                .OrderByDescending(e => e.Attribute("Include")!.Value == item.ItemSpec)
                .ThenByDescending(e => Metadata(e).Count(m => names.Contains(m.Name)))
                .FirstOrDefault();
            if (element is null)
                return null;
            return Metadata(element).FirstOrDefault(m => m.Name.Equals(setting, StringComparison.OrdinalIgnoreCase)).Place ?? element;
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            // The error is worth more than its line.
            return null;
        }
    }

    private static IEnumerable<(string Name, IXmlLineInfo? Place)> Metadata(XElement element) =>
    [
        .. element.Attributes().Select(static a => (a.Name.LocalName, (IXmlLineInfo?)a)),
        .. element.Elements().Select(static e => (e.Name.LocalName, (IXmlLineInfo?)e)),
    ];
}
