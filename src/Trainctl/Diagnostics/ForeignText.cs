using System.Text.RegularExpressions;

namespace Trainctl.Diagnostics;

/// <summary>What others wrote, on its way into a message of ours: an address in it may hold a password, as that of a proxy does.</summary>
internal static partial class ForeignText
{
    /// <summary>The text without the users and passwords of the addresses in it: <c>http://...@proxy:8080</c>.</summary>
    public static string WithoutUsers(string text) => text.Contains("://", StringComparison.Ordinal) ? User().Replace(text, "://...@") : text;

    /// <summary>An exception, where it can be shown in a log with all its causes; null where one of them tells a user.</summary>
    public static Exception? WithoutUsers(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message is var message && !ReferenceEquals(WithoutUsers(message), message))
                return null;
        }

        return exception;
    }

    [GeneratedRegex(@"://[^\s/]*@", RegexOptions.CultureInvariant)]
    private static partial Regex User();
}
