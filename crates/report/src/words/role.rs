//! On what grounds a host is held to be what it is.

use begat_model::case::RoleGrounds;

use crate::words::table::sentences;

sentences! {
    /// By what it is known, as a clause.
    said(RoleGrounds, zone) {
        Inventory => "the inventory says so";
        DomainController =>
            "it writes what only a domain controller does: tickets given out, directory objects changed, domain accounts made";
        CertificateAudit => "it audits a certificate authority (4868 to 4900)";
        CertificateAuthority => "a certificate authority runs on it (certsrv.exe)";
        DirectorySync => "it synchronises the directory (miiserver.exe)";
        FederationLog => "it writes the log of AD FS";
        FederationService => "a federation service runs on it (Microsoft.IdentityServer.ServiceHost.exe)";
        BackupServer => "a backup server runs on it (Veeam.Backup.Service.exe)";
        ServerManagerLog => "it writes Server Manager's log";
        DnsLog => "it writes the DNS server's log";
        DnsServer => "a DNS server runs on it (dns.exe)";
        DhcpLog => "it writes the DHCP server's log";
        ReplicationLog => "it writes the log of DFS replication";
        Replication => "DFS replication runs on it (dfsrs.exe)";
        Namespace => "a DFS namespace runs on it (dfssvc.exe)";
        UpdateServer => "an update server runs on it (WsusService.exe)";
        ExchangeLog => "it writes Exchange's log";
        NetworkPolicyAudit => "it audits a network policy server (6272 to 6280)";
        DesktopGatewayLog => "it writes the log of a remote desktop gateway";
        Store => "the Store's app runs on it (WinStore.App.exe)";
        PhoneLink => "Phone Link runs on it (PhoneExperienceHost.exe)";
        YourPhone => "Your Phone runs on it (YourPhone.exe)";
        GameBar => "the Game Bar runs on it (GameBar.exe)";
        Photos => "Photos runs on it (Microsoft.Photos.exe)";
        Widgets => "Widgets run on it (Widgets.exe)";
        WebWorker => "a web server's worker runs on it (w3wp.exe)";
        SqlServer => "a database server runs on it (sqlservr.exe)";
        Httpd => "a web server runs on it (httpd.exe)";
        Nginx => "a web server runs on it (nginx.exe)";
        Oracle => "a database server runs on it (oracle.exe)";
        WirelessLog => "it writes the log of wireless networks";
        CachedLogon => "somebody logged on at it with cached credentials (type 11)";
    }
}
