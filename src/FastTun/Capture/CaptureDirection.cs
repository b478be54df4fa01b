namespace FastTun.Capture;

/// <summary>Which way a recorded packet went, as pcapng's epb_flags count it.</summary>
internal enum CaptureDirection : uint
{
    Inbound = 1,
    Outbound = 2,
}
